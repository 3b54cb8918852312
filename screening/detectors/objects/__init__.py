"""What the agency did not list: uniforms, vehicles, court buildings, persons, faces, emblems."""
