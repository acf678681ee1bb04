# The operator `less_equal` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint64[2] 16 19
# IN B: uint64[1] 18
# OUT Y: 1 0
from tirade import ops

main = ops.less_equal.func((2,), 'uint64', (1,), 'uint64')
