"""The command line of the library, one command to a module; ``python -m classifiers --help`` lists them."""
