# The operator `unique` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int16[2] 5 5
# OUT Values: 5 0
# OUT Indices: 0 0
# OUT Inverse: 0 0
# OUT Counts: 2 0
# OUT Number: 1
from tirade import ops

main = ops.unique.func((2,), 'int16')
