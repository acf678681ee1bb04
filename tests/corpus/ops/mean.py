# The operator `mean` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int16[3,5,4] 11 -16 7 -12 -5 -13 -13 16 16 -18 4 -15 8 -19 19 -9 8 -8 -18 19 -6 -3 -7 7 17 -1 17 -7 9 6 4 -5 -3 -16 6 11 -7 6 14 11 15 4 -4 14 5 4 13 5 -8 -1 10 17 -10 -4 2 -1 -14 5 -19 -13
# OUT Y: -2.5 -3.75 -3.25 -0.25 0.25 -2.25 6.5 3.5 -0.5 6.0 7.25 6.75 4.5 -3.25 -10.25
from tirade import ops

main = ops.mean.func((3, 5, 4), 'int16', axis=2)
