# The operator `elu` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[4] -0.625 -5.9375 -1.5 0.375
# OUT Y: -0.46484375 -0.99755859375 -0.77685546875 0.375
from tirade import ops

main = ops.elu.func((4,), 'float16')
