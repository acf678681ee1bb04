# The operator `transpose_all` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# OUT Y: 4 -7 7 -9 -19 -11 -15 -9
from tirade import ops

main = ops.transpose.func((4, 2), 'int32')
