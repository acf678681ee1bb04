# The operator `sign` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int8[3,3] -8 -4 3 -3 4 8 -7 -7 3
# OUT Y: -1 -1 1 -1 1 1 -1 -1 1
from tirade import ops

main = ops.sign.func((3, 3), 'int8')
