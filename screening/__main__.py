"""`python -m screening` is the `screening` program."""

from screening.cli import main

if __name__ == "__main__":
    main()
