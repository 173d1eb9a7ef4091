import Evidence
import Formats
import Foundation
public import Imaging
import PrimaryStudy

extension ResultFolder {
    /// Writes a study: maps with their sidecars, tables, `report.html` and, last, `run.json`.
    ///
    /// - Parameter template: behind the slices.
    /// - Returns: the record.
    @discardableResult
    public func write(
        _ result: StudyResult, machine: MachineRecord, template: Volume?
    ) throws -> StudyRecord {
        try begin(machine)
        var files: [ContentHash] = []
        func add(_ name: String) throws(ReportingError) {
            files.append(try ContentHash(of: name, at: "\(path)/\(name)"))
        }
        if !result.isRegional {
            for map in StudyMaps(result: result).all {
                let name = naming(map.name, model: "study", method: "permutation", grid: result.mask.grid)
                try write(map, mask: result.mask, to: name)
                try add("\(name).nii.gz")
                try add("\(name).json")
            }
        }
        for (name, table) in StudyTables(result: result).files {
            try write(text: table.text, to: name)
            try add(name)
        }
        var inputs: [ContentHash] = []
        for file in result.inputFiles { inputs.append(try ContentHash(of: file)) }
        var machine = machine
        machine.finish()
        let record = StudyRecord(result, inputs: inputs, files: files, machine: machine)
        try write(text: StudyReport(result, record: record, template: template).html, to: "report.html")
        try write(json: record, to: "run.json", isDurable: true)
        unlink("\(path)/run.partial.json")
        return record
    }
}
