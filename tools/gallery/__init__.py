"""The documentation as a static site: `make docs`, or `python -m tools.gallery`.

    specs, operations --entries--> facts --pages--> Markdown --site--> build/site
                                                       ^
                         README, docs/*.md, notebooks --+

Every spec of the catalogue and every operation gets a page; a spec that cannot be drawn, written or
checked gets one too, which says so, and the build fails at its end with all of their names. Nothing in
the site is fetched from elsewhere when it is read.
"""
