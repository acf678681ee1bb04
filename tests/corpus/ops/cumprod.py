# The operator `cumprod` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint64[5] 0 1 2 2 2
# OUT Y: 0 0 0 0 0
from tirade import ops

main = ops.cumprod.func((5,), 'uint64', axis=0)
