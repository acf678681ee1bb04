# The operator `flip` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# OUT Y: -9 -9 7 -15 -7 -11 4 -19
from tirade import ops

main = ops.flip.func((4, 2), 'int32', axis=-2)
