import Foundation
import Imaging

/// A folder that goes away with the test.
final class Scratch: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "cuneus-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, bytes: Array(text.utf8)) }

    func write(_ name: String, bytes: [UInt8]) throws {
        try makeFolder(PathParts.folder(name))
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    /// Changes the only place where `old` stands.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = self.text(name)
        let parts = text.components(separatedBy: old)
        guard parts.count == 2 else { throw Slip(message: "'\(old)' stands \(parts.count - 1) times in \(name)") }
        try write(name, parts.joined(separator: new))
    }

    func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init) ?? []
    }

    func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// Every file below a folder, hidden ones too, relative to it, sorted; nothing when it is not there.
    func files(_ name: String) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: "\(path)/\(name)") else { return [] }
        return all.compactMap { $0 as? String }.filter { file in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(name)/\(file)", isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }

    /// A map on the MNI box at some voxel size (mm): `value` at `centre` (the first voxel, if none is given), elsewhere by
    /// ``share(at:from:)`` of it, since a map of one value would be taken for a mask.
    func writeMap(
        _ name: String, value: Float, intent: Intent, voxelSize: Double = 2, centre: SIMD3<Double>? = nil
    ) throws {
        let grid = try grid(voxelSize)
        let centre = centre ?? grid.world(atIndex: 0)
        let values = (0..<grid.count).map { index in
            Float(Double(value) * Self.share(at: grid.world(atIndex: index), from: centre))
        }
        try makeFolder(PathParts.folder(name))
        try NIfTIImage(Volume(grid: grid, values: values), intent: intent).write(to: "\(path)/\(name)")
    }

    /// Falls by 0.01 % a mm away from the box's first voxel: linear, so that resampling keeps it.
    static func share(at world: SIMD3<Double>, from centre: SIMD3<Double>) -> Double {
        let apart = world - centre
        return 1 + 1e-4 * (apart.x - 0.37 * apart.y - 0.19 * apart.z)
    }

    /// A mask or a label: one value everywhere on the MNI box.
    func writeMask(_ name: String, value: Float = 1, voxelSize: Double = 2) throws {
        let grid = try grid(voxelSize)
        try makeFolder(PathParts.folder(name))
        try NIfTIImage(Volume(grid: grid, repeating: value)).write(to: "\(path)/\(name)")
    }

    private func grid(_ voxelSize: Double) throws -> Grid {
        guard let grid = Grid.mni(voxelSize: voxelSize) else { throw Slip(message: "no such grid") }
        return grid
    }

    func map(_ name: String) throws -> NIfTIImage { try NIfTIImage(contentsOf: "\(path)/\(name)") }

    func json(_ name: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(bytes(name))) as? [String: Any] ?? [:]
    }

    /// A mistake in a test itself.
    struct Slip: Error { var message: String }
}
