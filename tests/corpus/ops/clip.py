# The operator `clip` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint64[3,1,6] 17 10 12 4 3 16 13 9 15 3 1 10 7 4 6 4 11 8
# OUT Y: 5 5 5 4 3 5 5 5 5 3 1 5 5 4 5 4 5 5
from tirade import ops

main = ops.clip.func((3, 1, 6), 'uint64', low=1, high=5)
