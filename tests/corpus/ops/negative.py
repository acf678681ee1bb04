# The operator `negative` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int16[5,2,5] 1 7 -8 -1 -9 4 -4 5 8 7 -1 2 7 -8 -1 -5 5 9 -1 -1 4 -5 -4 -7 7 0 -5 2 -10 -3 4 9 3 -8 3 4 3 -8 1 -3 -8 9 3 6 -10 -2 -7 8 -2 3
# OUT Y: -1 -7 8 1 9 -4 4 -5 -8 -7 1 -2 -7 8 1 5 -5 -9 1 1 -4 5 4 7 -7 0 5 -2 10 3 -4 -9 -3 8 -3 -4 -3 8 -1 3 8 -9 -3 -6 10 2 7 -8 2 -3
from tirade import ops

main = ops.negative.func((5, 2, 5), 'int16')
