# The operator `minimum` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int16[6] 11 -6 -1 0 -15 -2
# IN B: int16[1] -6
# OUT Y: -6 -6 -6 -6 -15 -6
from tirade import ops

main = ops.minimum.func((6,), 'int16', (1,), 'int16')
