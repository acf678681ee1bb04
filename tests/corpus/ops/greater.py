# The operator `greater` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint16[5] 7 6 0 2 4
# IN B: uint16[] 11
# OUT Y: 0 0 0 0 0
from tirade import ops

main = ops.greater.func((5,), 'uint16', (), 'uint16')
