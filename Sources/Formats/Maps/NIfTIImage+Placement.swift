package import Evidence
import Imaging

extension NIfTIImage {
    /// Refuses an image whose header does not say where its voxels are.
    ///
    /// Readers then put the first voxel at the origin, as the standard has it: a brain shifted by its own size, of which
    /// a part still overlaps the mask.
    package func requirePlacement(_ path: String, at source: SourceLocation) throws(InputError) {
        guard orientation == .pixdim else { return }
        throw InputError(
            at: source, "\(path) does not say where its voxels are (sform_code and qform_code are 0).",
            remedy: "Copy the sform of the MNI image it was made with into its header.")
    }
}
