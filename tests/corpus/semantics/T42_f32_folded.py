# T42: folded float32 constants have run-time bits (F3).
# OUT R: 0 0x3e99999a
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((2,), "float32")):
    R[0] = (T.float32(16777216) + T.float32(1)) - T.float32(16777216)
    R[1] = T.float32(0.1) + T.float32(0.2)
