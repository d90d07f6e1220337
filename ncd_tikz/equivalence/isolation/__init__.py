"""Checks in processes of their own, with limits of time and memory.

A module under `check:` is imported and called in a child process only, so that nothing it does - a
crash, an endless loop, `exit()`, what it prints, what it changes - reaches the program that checks.
`run_checks` in `jobs` is the way in; neither it nor the reports need torch in the calling process.

    caller --- server (imports torch once, runs nobody's code)
                 |--- spec process: the spec's own comparison
                 |      |--- entry process: one module under `check:`
                 |--- ...

Where processes cannot be forked (Windows), it says so and does nothing: what is not isolated must be
asked for.
"""
