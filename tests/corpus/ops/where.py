# The operator `where` on a small case that agrees with numpy.
# RUN: interp run diff
# IN C: bool[5,6] 1 0 0 1 0 0 0 0 1 0 0 1 0 1 1 0 0 0 1 0 1 0 1 0 0 1 1 0 0 0
# IN A: uint32[] 7
# IN B: uint32[5,6] 14 2 6 6 14 15 13 1 12 19 15 1 17 4 7 13 16 13 13 16 11 7 12 19 2 13 16 12 0 7
# OUT Y: 7 2 6 7 14 15 13 1 7 19 15 7 17 7 7 13 16 13 7 16 7 7 7 19 2 7 7 12 0 7
from tirade import ops

main = ops.where.func((5, 6), 'bool', (), 'uint32', (5, 6), 'uint32')
