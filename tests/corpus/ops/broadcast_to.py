# The operator `broadcast_to` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# OUT Y: 4 -19 -7 -11 7 -15 -9 -9 4 -19 -7 -11 7 -15 -9 -9
from tirade import ops

main = ops.broadcast_to.func((4, 2), 'int32', shape=(2, 4, 2))
