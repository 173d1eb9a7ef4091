/// Which files are images, by their names: `.nii`, or one of a `.hdr`/`.img` pair, plain or gzip, in any letter case.
///
/// The one list of endings for every reader: what is taken in one folder is taken in all.
public struct ImageFileName: Hashable, Sendable {
    /// The name without its ending.
    public let stem: String
    /// The ending as it is written, with its dot: `.nii.gz`, `.HDR`.
    public let ending: String

    /// Longer endings first, so that `.nii.gz` is found before `.gz` could be. Of a pair the header stands for both.
    public static let endings = [".nii.gz", ".hdr.gz", ".img.gz", ".nii", ".hdr", ".img"]

    /// For messages.
    public static let spoken = ".nii, .nii.gz, or .hdr with .img"

    /// - Parameter path: a name or a path.
    /// - Returns: nil for the name of another kind of file, and for an ending without a name.
    public init?(_ path: String) {
        let lowercased = path.lowercased()
        guard let ending = Self.endings.first(where: lowercased.hasSuffix), path.count > ending.count else {
            return nil
        }
        stem = String(path.dropLast(ending.count))
        self.ending = String(path.suffix(ending.count))
    }

    /// Whether it is the file of the voxels of a pair, which its header stands for.
    public var isVoxels: Bool { ending.lowercased().hasPrefix(".img") }

    public var isPair: Bool { isVoxels || ending.lowercased().hasPrefix(".hdr") }

    /// Names that the other file of a pair may have, the likeliest first; none for a single file.
    public var partners: [String] {
        guard isPair else { return [] }
        let isZipped = ending.lowercased().hasSuffix(".gz")
        let other = isVoxels ? ".hdr" : ".img"
        let endings = [isZipped ? other + ".gz" : other, isZipped ? other : other + ".gz"]
        // Cameras and old disks write capitals: the partner is mostly written as its own.
        let isUpper = ending != ending.lowercased()
        return (isUpper ? endings.map { $0.uppercased() } + endings : endings + endings.map { $0.uppercased() })
            .map { stem + $0 }
    }

    /// The images among `names`, each by one name: where both files of a pair are there, by its header.
    public static func images(among names: [String]) -> [(name: String, image: ImageFileName)] {
        let present = Set(names)
        return names.compactMap { name in ImageFileName(name).map { (name: name, image: $0) } }.filter { file in
            !(file.image.isVoxels && file.image.partners.contains(where: present.contains))
        }
    }

    /// All files that hold the image at `path`: the file, and the other of a pair where it is there.
    public static func files(of path: String) -> [String] {
        let partners = ImageFileName(path)?.partners ?? []
        return [path] + partners.filter { (try? AtomicFile.size(of: $0)) != nil }.prefix(1)
    }
}
