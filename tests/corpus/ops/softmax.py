# The operator `softmax` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[2] -5.4375 3.625
# OUT Y: 0.00011591933434829116 0.9998840093612671
from tirade import ops

main = ops.softmax.func((2,), 'float32', axis=-1)
