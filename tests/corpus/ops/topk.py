# The operator `topk` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[3,6] 1.6875 1.8125 -0.125 -2.6875 -4.125 -2.875 1.4375 -0.1875 4.3125 3.5 -1.625 -4.8125 -0.125 -1.75 2.375 -3.125 -0.1875 4.0625
# OUT Values: 1.8125 4.3125 4.0625
# OUT Indices: 1 2 5
from tirade import ops

main = ops.topk.func((3, 6), 'float32', k=1)
