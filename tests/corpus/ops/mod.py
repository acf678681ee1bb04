# The operator `mod` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int32[] -8
# IN B: int32[5] 15 -14 -13 19 3
# OUT Y: 7 -8 -8 11 1
from tirade import ops

main = ops.mod.func((), 'int32', (5,), 'int32')
