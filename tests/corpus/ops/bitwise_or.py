# The operator `bitwise_or` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint32[1,4] 7 14 14 3
# IN B: uint32[1,4] 11 2 4 18
# OUT Y: 15 14 14 19
from tirade import ops

main = ops.bitwise_or.func((1, 4), 'uint32', (1, 4), 'uint32')
