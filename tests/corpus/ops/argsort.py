# The operator `argsort` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int16[4,14] 3 4 3 5 3 3 5 1 4 3 5 3 1 2 2 4 1 4 5 3 4 4 0 5 5 3 1 5 5 5 2 5 5 5 2 3 1 3 1 2 5 1 1 0 5 0 1 0 3 1 5 4 2 1 3 4
# OUT Y: 3 3 1 3 3 3 2 0 1 0 2 3 0 2 1 0 2 1 0 0 3 3 2 2 3 2 1 0 0 1 0 0 1 1 1 2 0 3 0 0 3 3 2 2 3 2 2 2 0 1 3 1 1 1 2 1
from tirade import ops

main = ops.argsort.func((4, 14), 'int16', axis=0)
