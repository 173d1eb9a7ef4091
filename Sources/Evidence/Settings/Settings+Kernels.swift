extension Settings {
    /// How far the kernels of the analysis follow the tissue: ``anisotropy``, and 0 in white matter.
    ///
    /// What is known of how alike neighbouring voxels are was learnt in grey matter. In white matter an isotropic kernel claims
    /// nothing that nobody has measured.
    public var kernelAnisotropy: Double { mask == .whiteMatter ? 0 : anisotropy }
}
