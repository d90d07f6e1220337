"""`python -m ncd_tikz` is `ncd-tikz`."""

from ncd_tikz.cli import main

if __name__ == "__main__":
    main()
