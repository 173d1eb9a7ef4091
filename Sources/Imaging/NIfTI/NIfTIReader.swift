/// Reads the header and voxels of an image file, taking no more memory than both file and header vouch for.
struct NIfTIReader {
    let path: String
    let limits: NIfTILimits
    /// Whether an ANALYZE 7.5 pair is read as SPM wrote it (``AnalyzeHeader``).
    var takesAnalyze = false

    func read() throws(NIfTIError) -> (NIfTIHeader, StoredVoxels) {
        let (headerPath, imagePath) = try pairedPaths()
        let headerFile = try ImageFile(headerPath, limits)
        if let foreign = ForeignFile(try headerFile.prefix(8192), wanted: .image) {
            throw NIfTIError(
                file: headerPath, found: foreign.name, expected: "a NIfTI image", remedy: foreign.remedy)
        }
        let bytes = try headerFile.prefix(540)
        let analyze = takesAnalyze ? AnalyzeHeader(bytes) : nil
        let header = try NIfTIHeader(analyze?.bytes ?? bytes, file: headerPath, limits: limits)
        let dataFile: ImageFile
        if header.isPair {
            guard let imagePath else {
                throw NIfTIError(
                    file: path, field: "magic", found: "the header of a .hdr/.img pair in a single file",
                    expected: "\"n+1\" or \"n+2\"", remedy: "Name the header .hdr and put the .img file beside it.")
            }
            dataFile = try ImageFile(imagePath, limits)
        } else {
            guard imagePath == nil else {
                throw NIfTIError(
                    file: headerPath, field: "magic", found: "the header of a single .nii file",
                    expected: "\"ni1\" or \"ni2\" in a .hdr/.img pair", remedy: "Rename the file to .nii.")
            }
            dataFile = headerFile
        }
        let (voxels, offset) = try dataFile.voxels(header)
        return (
            header,
            StoredVoxels(
                bytes: voxels, offset: offset, datatype: header.datatype, isBigEndian: header.isBigEndian,
                scaling: header.scaling)
        )
    }

    /// Whether it is a pair of ANALYZE 7.5; false for what cannot be read.
    func isAnalyze() -> Bool {
        guard let paths = try? pairedPaths(), paths.image != nil, let file = try? ImageFile(paths.header, limits),
            let bytes = try? file.prefix(540)
        else { return false }
        return AnalyzeHeader(bytes) != nil
    }

    /// Header and image file of a pair, whichever of the two was named; the image is nil for other names.
    private func pairedPaths() throws(NIfTIError) -> (header: String, image: String?) {
        guard let name = ImageFileName(path), name.isPair else { return (path, nil) }
        let candidates = name.partners
        guard let partner = candidates.first(where: { (try? AtomicFile.size(of: $0)) != nil }) else {
            throw NIfTIError(
                file: path, found: "no \(candidates.first ?? "partner") beside it", expected: "a pair of .hdr and .img",
                remedy: "Put both files in the same folder.")
        }
        return name.isVoxels ? (partner, path) : (path, partner)
    }
}

/// A file that holds a header or voxels, plain or gzip.
private struct ImageFile {
    let path: String
    let size: Int
    /// The whole file if it is gzip.
    let compressed: [UInt8]?

    init(_ path: String, _ limits: NIfTILimits) throws(NIfTIError) {
        self.path = path
        do {
            size = try AtomicFile.size(of: path)
            let isGzip = Gzip.isGzip(try AtomicFile.read(path, count: min(2, size)))
            if isGzip && size > limits.maximumBytes {
                throw NIfTIError(
                    file: path, found: "\(size) bytes", expected: "at most \(limits.maximumBytes) bytes",
                    remedy: "If the image is really that large, read it with a larger limit.")
            }
            compressed = isGzip ? try AtomicFile.read(path, count: size) : nil
        } catch let error as NIfTIError {
            throw error
        } catch {
            throw Self.systemError(path, error)
        }
    }

    private static func systemError(_ path: String, _ error: any Error) -> NIfTIError {
        let reason = (error as? AtomicFile.Failure)?.reason ?? "\(error)"
        return NIfTIError(
            file: path, found: "that it cannot be read (\(reason))", expected: "a NIfTI file",
            remedy: "Check the path and the permissions.")
    }

    /// The first bytes of the content, fewer if it has not so many.
    func prefix(_ count: Int) throws(NIfTIError) -> [UInt8] {
        if let compressed { return Gzip.prefix(of: compressed, count: count) }
        do { return try AtomicFile.read(path, count: min(count, size)) } catch { throw Self.systemError(path, error) }
    }

    /// Bytes that contain all voxels, and where these begin.
    func voxels(_ header: NIfTIHeader) throws(NIfTIError) -> (bytes: [UInt8], offset: Int) {
        // Neither term exceeds the limits.
        let needed = header.voxOffset + header.byteCount
        if let compressed { return (try inflate(compressed, needed: needed), header.voxOffset) }
        guard needed <= size else { throw cutOff(found: size, needed: needed) }
        let bytes: [UInt8]
        do {
            bytes = try AtomicFile.read(path, from: header.voxOffset, count: header.byteCount)
        } catch {
            throw Self.systemError(path, error)
        }
        // The file may have shrunk since.
        guard bytes.count == header.byteCount else {
            throw cutOff(found: header.voxOffset + bytes.count, needed: needed)
        }
        return (bytes, 0)
    }

    /// Tolerated after the voxels: padding, but not another image's worth.
    private static let slack = 1 << 16

    private func inflate(_ compressed: [UInt8], needed: Int) throws(NIfTIError) -> [UInt8] {
        guard needed <= Gzip.largestContent(of: compressed.count) else {
            throw cutOff(found: Gzip.largestContent(of: compressed.count), needed: needed, atMost: true)
        }
        switch Gzip.inflate(compressed, capacity: needed + Self.slack) {
        case .complete(let bytes):
            guard bytes.count >= needed else { throw cutOff(found: bytes.count, needed: needed) }
            return bytes
        case .full:
            throw NIfTIError(
                file: path, field: "dim", found: "more than \(needed + Self.slack) bytes of gzip content",
                expected: "\(needed) bytes, by dim, datatype and vox_offset",
                remedy: "The header does not describe this file; export the image again.")
        case .damaged(let member):
            throw NIfTIError(
                file: path, found: "gzip data that is damaged or cut off (in the member at byte \(member))",
                expected: "a complete gzip file", remedy: "Copy or download it again.")
        }
    }

    private func cutOff(found: Int, needed: Int, atMost: Bool = false) -> NIfTIError {
        NIfTIError(
            file: path, field: "dim", found: (atMost ? "a file that holds at most " : "") + "\(found) bytes",
            expected: "\(needed) bytes, by dim, datatype and vox_offset",
            remedy: "The file is cut off or its header is wrong; copy or export it again.")
    }
}
