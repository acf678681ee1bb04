# The operator `searchsorted` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint8[1] 3
# IN V: uint8[4,5,4] 2 1 0 3 0 2 4 3 4 2 4 4 0 4 4 5 1 2 1 4 2 4 0 0 4 3 3 4 1 5 2 5 1 5 5 4 2 1 5 1 2 0 1 4 5 5 4 5 3 1 2 0 3 2 4 4 0 3 3 4 4 1 0 1 0 1 4 3 3 5 2 2 1 3 5 1 4 0 1 1
# OUT Y: 0 0 0 0 0 0 1 0 1 0 1 1 0 1 1 1 0 0 0 1 0 1 0 0 1 0 0 1 0 1 0 1 0 1 1 1 0 0 1 0 0 0 0 1 1 1 1 1 0 0 0 0 0 0 1 1 0 0 0 1 1 0 0 0 0 0 1 0 0 1 0 0 0 0 1 0 1 0 0 0
from tirade import ops

main = ops.searchsorted.func((1,), 'uint8', (4, 5, 4), 'uint8', side='left')
