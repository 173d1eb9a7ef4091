// Cuneus under one name: `import Cuneus` gives every module below.
@_exported public import Appraisal
@_exported public import Claims
@_exported public import Comparison
@_exported public import Convergence
@_exported public import Evidence
@_exported public import Figures
@_exported public import Formats
@_exported public import ImageBased
@_exported public import Imaging
@_exported public import Inference
@_exported public import Reporting
@_exported public import SeedBasedMapping
@_exported public import Statistics
