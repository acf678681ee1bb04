# The operator `argmin` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint32[4] 1 3 0 2
# OUT Y: 2
from tirade import ops

main = ops.argmin.func((4,), 'uint32', axis=-1)
