# The operator `pad` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# OUT Y: 3 3 3 3 3 3 3 3 4 -19 3 3 3 3 -7 -11 3 3 3 3 7 -15 3 3 3 3 -9 -9 3 3 3 3 3 3 3 3
from tirade import ops

main = ops.pad.func((4, 2), 'int32', widths=[(1, 1), (2, 2)], value=3)
