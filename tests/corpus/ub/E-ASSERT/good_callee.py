# A condition in a called function.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def half(x: T.int32) -> T.int32:
        assert x % 2 == 0, "even"
        return x // 2

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4,), "int32")):
        for i in range(4):
            R[i] = Module.half(i * (i + 1))
