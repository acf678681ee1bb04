# The operator `log_softmax` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[6,1,2] -2.4375 -0.6875 -1.25 0.5625 -4.1875 4.0625 -1.1875 -1.0625 3.3125 1.0 -2.75 -0.9375
# OUT Y: 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0
from tirade import ops

main = ops.log_softmax.func((6, 1, 2), 'float16', axis=-2)
