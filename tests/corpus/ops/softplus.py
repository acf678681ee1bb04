# The operator `softplus` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[5] 1.1875 -2.875 4.25 -2.6875 1.8125
# OUT Y: 1.4536898136138916 0.05488217994570732 4.264163494110107 0.06583535671234131 1.9637140035629272
from tirade import ops

main = ops.softplus.func((5,), 'float32')
