import Foundation
import Fuzzing

/// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html). Built by Scripts/fuzz.sh only: libFuzzer brings the main function.
///
/// With `CUNEUS_FUZZ_SEEDS=FOLDER` the first seeds are written there, from the folders in `CUNEUS_FUZZ_EXAMPLES` (with colons
/// between), and nothing is run.
struct FuzzDriver: Sendable {
    /// A folder for every reader.
    private let folders: [String]

    init() {
        let own = NSTemporaryDirectory() + "cuneus-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
        folders = FuzzedReader.all.indices.map { "\(own)/\($0)" }
        do {
            for (reader, folder) in zip(FuzzedReader.all, folders) { try reader.prepare(in: folder) }
        } catch {
            fatalError("cuneus-fuzz: \(error)")
        }
    }

    func run(_ input: UnsafeBufferPointer<UInt8>) {
        guard let (place, bytes) = FuzzSeeds.split(input) else { return }
        let reader = FuzzedReader.all[place]
        if case .fault(let words) = reader.outcome(of: bytes, in: folders[place]) {
            fatalError("\(reader.name): \(words)")
        }
    }

    static let shared = FuzzDriver()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<Int32>?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    let environment = ProcessInfo.processInfo.environment
    guard let target = environment["CUNEUS_FUZZ_SEEDS"] else { return 0 }
    do {
        try FuzzSeeds.write(
            to: target, from: (environment["CUNEUS_FUZZ_EXAMPLES"] ?? "").split(separator: ":").map(String.init))
        exit(0)
    } catch {
        FileHandle.standardError.write(Data("cuneus-fuzz: \(error)\n".utf8))
        exit(1)
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    FuzzDriver.shared.run(UnsafeBufferPointer(start: start, count: count))
    return 0
}
