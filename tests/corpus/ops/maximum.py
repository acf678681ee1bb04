# The operator `maximum` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int16[] 4
# IN B: int16[5] 16 1 2 -7 -18
# OUT Y: 16 4 4 4 4
from tirade import ops

main = ops.maximum.func((), 'int16', (5,), 'int16')
