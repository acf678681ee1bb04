# The operator `bitwise_and` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint64[2] 1 12
# IN B: uint64[2] 18 4
# OUT Y: 0 4
from tirade import ops

main = ops.bitwise_and.func((2,), 'uint64', (2,), 'uint64')
