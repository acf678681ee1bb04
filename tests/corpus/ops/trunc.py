# The operator `trunc` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[4] 1.4375 0.625 1.1875 2.5
# OUT Y: 1.0 0.0 1.0 2.0
from tirade import ops

main = ops.trunc.func((4,), 'float16')
