# A module class without functions is a module.
# RUN: check fmt
from tvm.script import ir as I


@I.ir_module
class Empty:
    pass
