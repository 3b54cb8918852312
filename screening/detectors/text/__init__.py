"""Text: read the words in a picture and recognise what a policy cares about."""
