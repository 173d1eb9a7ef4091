/// What keeps images from being pooled.
public enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    case emptyMask
    /// No usable value (finite and not 0) anywhere in the mask.
    case emptyImage(study: String, quantity: ImageQuantity)
    /// A method needs an image that the study does not have and that cannot be made from those it has.
    case missing(study: String, quantity: ImageQuantity)
    case noSampleSize(study: String)
    case tooFewStudies(needed: Int, found: Int)
    /// Values, weights, covariates or labels of another number than the studies or voxels.
    case mismatch(String)
    /// A setting outside its range.
    case setting(name: String, value: Double, allowed: String)
    /// Columns of the design that are determined by others, or only zeros in the contrast.
    case design(String)

    public var description: String {
        switch self {
        case .emptyMask: "The mask has no voxel."
        case .emptyImage(let study, let quantity):
            "\(study): the \(quantity.rawValue) image has no value (other than 0 or NaN) at any voxel of the mask. "
                + "Check that it is in the mask's space, and its header's position (sform, qform)."
        case .missing(let study, let quantity):
            "\(study): no \(quantity.rawValue) image, and no images with a sample size that it could be made from."
        case .noSampleSize(let study): "\(study): no sample size, which this method needs. State n."
        case .tooFewStudies(let needed, let found): "\(found) independent image(s); at least \(needed) are needed."
        case .mismatch(let text): text
        case .setting(let name, let value, let allowed): "\(name) is \(value); allowed: \(allowed)."
        case .design(let text): text
        }
    }
}
