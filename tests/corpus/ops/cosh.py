# The operator `cosh` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[3] -0.625 -1.0625 -0.5
# OUT Y: 1.2017537355422974 1.6195933818817139 1.1276259422302246
from tirade import ops

main = ops.cosh.func((3,), 'float32')
