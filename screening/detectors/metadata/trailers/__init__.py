"""What follows the end of a picture or video."""
