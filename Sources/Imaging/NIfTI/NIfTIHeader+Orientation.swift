extension NIfTIHeader {
    /// Which part of the header said where the voxels are.
    public enum Orientation: String, Sendable {
        /// `srow_x…z`, `sform_code` > 0.
        case sform
        /// Quaternion, `qform_code` > 0.
        case qform
        /// Only voxel sizes are known: the first voxel is put at the origin, axes along the world's.
        case pixdim
    }

    /// The grid in millimetres, where it came from, and remarks for the user.
    ///
    /// The standard's order: sform, else qform, else voxel sizes alone. An sform that cannot be inverted gives way
    /// to a qform if there is one.
    ///
    /// - Throws: an error that names `srow`, `quatern_b`, `qoffset` or `pixdim` when they do not make a grid.
    func placement(file: String) throws(NIfTIError) -> (grid: Grid, orientation: Orientation, notes: [String]) {
        var notes: [String] = []
        let unit = millimetresPerUnit(&notes)
        if sformCode > 0 {
            let affine = Affine(
                i: [srow[0].x, srow[1].x, srow[2].x], j: [srow[0].y, srow[1].y, srow[2].y],
                k: [srow[0].z, srow[1].z, srow[2].z], origin: [srow[0].w, srow[1].w, srow[2].w])
            if let grid = Grid(shape: shape, affine: inMillimetres(affine, unit)), affine.isFinite {
                return (grid, .sform, notes)
            }
            guard qformCode > 0 else {
                throw NIfTIError(
                    file: file, field: "srow_x", found: "an sform that cannot be inverted or is not finite: \(srow)",
                    expected: "three independent voxel axes, since sform_code is \(sformCode)",
                    remedy: "Export the image again, or set sform_code to 0 to use the voxel sizes alone.")
            }
            notes.append("the sform cannot be inverted; the qform is used")
        }
        let sizes = try voxelSizes(file: file, &notes)
        if qformCode > 0 {
            let affine = try qform(sizes, file: file)
            guard affine.isFinite, let grid = Grid(shape: shape, affine: inMillimetres(affine, unit)) else {
                throw NIfTIError(
                    file: file, field: "qoffset_x", found: "\(qoffset)", expected: "finite numbers",
                    remedy: "Export the image again.")
            }
            return (grid, .qform, notes)
        }
        notes.append(
            "neither sform nor qform is set: the first voxel is taken as the origin and the axes as right, front, up")
        guard let grid = Grid(shape: shape, affine: inMillimetres(Affine(scale: sizes, origin: .zero), unit)) else {
            throw pixdimError(1, file: file)
        }
        return (grid, .pixdim, notes)
    }

    /// The grid that the sform or the qform by itself gives, in millimetres; nil where it is not set or cannot be used.
    ///
    /// Programs prefer one or the other: where the two are apart, a brain is in two places.
    public func grid(of form: Orientation) -> Grid? {
        var alone = self
        switch form {
        case .sform: alone.qformCode = 0
        case .qform: alone.sformCode = 0
        case .pixdim: (alone.sformCode, alone.qformCode) = (0, 0)
        }
        guard form == .pixdim || (form == .sform ? sformCode : qformCode) > 0,
            let placement = try? alone.placement(file: ""), placement.orientation == form
        else { return nil }
        return placement.grid
    }

    /// The low three bits of `xyzt_units`.
    private func millimetresPerUnit(_ notes: inout [String]) -> Double {
        switch xyztUnits & 7 {
        case 0, 2: return 1
        case 1:
            notes.append("lengths in metres were converted to millimetres")
            return 1000
        case 3:
            notes.append("lengths in micrometres were converted to millimetres")
            return 0.001
        default:
            notes.append("xyzt_units \(xyztUnits) names no unit of length; millimetres are assumed")
            return 1
        }
    }

    /// NIfTI-1 holds single precision: 0.002 m is meant to be 2 mm, not 2.0000000949 mm.
    private func inMillimetres(_ affine: Affine, _ unit: Double) -> Affine {
        guard unit != 1 else { return affine }
        func convert(_ v: SIMD3<Double>) -> SIMD3<Double> {
            version == .one ? SIMD3<Double>(SIMD3<Float>(v * unit)) : v * unit
        }
        return Affine(
            i: convert(affine.i), j: convert(affine.j), k: convert(affine.k), origin: convert(affine.origin))
    }

    private func pixdimError(_ axis: Int, file: String) -> NIfTIError {
        NIfTIError(
            file: file, field: "pixdim[\(axis)]", found: "\(pixdim[axis])", expected: "a voxel size greater than 0",
            remedy: "Export the image again with its voxel sizes.")
    }

    /// `pixdim[1…3]`. A sign says nothing here and is dropped; an axis of one voxel may lack a size.
    private func voxelSizes(file: String, _ notes: inout [String]) throws(NIfTIError) -> SIMD3<Double> {
        var sizes = SIMD3<Double>.zero
        for axis in 0..<3 {
            let size = pixdim[axis + 1]
            if size == 0 && shape[axis] == 1 {
                sizes[axis] = 1
                continue
            }
            guard size.isFinite, size != 0 else { throw pixdimError(axis + 1, file: file) }
            if size < 0 { notes.append("pixdim[\(axis + 1)] is negative; its size without the sign is used") }
            sizes[axis] = abs(size)
        }
        return sizes
    }

    /// Method 2 of the standard. `qfac` (`pixdim[0]`) −1 flips the third axis; anything else counts as 1.
    private func qform(_ sizes: SIMD3<Double>, file: String) throws(NIfTIError) -> Affine {
        let length = (quaternion * quaternion).sum()
        // A unit quaternion's vector part; single precision leaves it a little too long at half turns.
        guard length.isFinite, length <= 1.001 else {
            throw NIfTIError(
                file: file, field: "quatern_b", found: "quatern_b, c, d = \(quaternion)",
                expected: "a length of at most 1, since qform_code is \(qformCode)",
                remedy: "Export the image again, or set qform_code to 0 if it has a valid sform.")
        }
        let rotation = Rotation(vectorPart: quaternion)
        let qfac: Double = pixdim[0] == -1 ? -1 : 1
        return Affine(
            i: rotation.i * sizes.x, j: rotation.j * sizes.y, k: rotation.k * (sizes.z * qfac), origin: qoffset)
    }
}
