extension Volume {
    /// Convolution with a Gaussian, zero outside the grid: values near the border fade.
    ///
    /// Kernel of `scipy.ndimage.gaussian_filter` (mode constant, cut at 4 σ). Missing voxels count as zero and stay
    /// missing.
    ///
    /// - Parameter fwhm: full width at half maximum in mm; σ = fwhm / √(8 ln 2). Not above 0: unchanged.
    public func smoothed(fwhm: Double) -> Volume {
        var result = self
        for n in values.indices where values[n].isNaN { result.values[n] = 0 }
        GaussianFilter(shape: grid.shape, voxelSize: grid.affine.voxelSize, fwhm: fwhm).apply(&result.values)
        for n in values.indices where values[n].isNaN { result.values[n] = .nan }
        return result
    }
}
