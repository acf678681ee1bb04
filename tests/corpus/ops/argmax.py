# The operator `argmax` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint16[6,6] 3 0 3 1 3 1 2 3 3 3 1 1 0 2 1 1 3 3 3 1 3 3 0 3 1 0 0 3 1 3 0 3 1 3 1 2
# OUT Y: 0 1 4 0 3 1
from tirade import ops

main = ops.argmax.func((6, 6), 'uint16', axis=1)
