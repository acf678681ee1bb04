# The operator `gelu` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[6] -1.1875 1.0625 0.1875 3.1875 -2.1875 0.75
# OUT Y: -0.1395263671875 0.90966796875 0.107666015625 3.185546875 -0.031402587890625 0.580078125
from tirade import ops

main = ops.gelu.func((6,), 'float16')
