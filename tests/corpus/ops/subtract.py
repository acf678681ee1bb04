# The operator `subtract` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint64[] 14
# IN B: uint64[2] 2 11
# OUT Y: 12 3
from tirade import ops

main = ops.subtract.func((), 'uint64', (2,), 'uint64')
