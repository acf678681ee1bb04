# T41: folded float16 constants have run-time bits (F3).
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "float16")):
    R[0] = (T.float16(2048) + T.float16(1)) - T.float16(2048)
