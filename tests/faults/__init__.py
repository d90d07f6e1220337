"""Generated single faults, and changes that are none: does `check` find every one and name its place?"""
